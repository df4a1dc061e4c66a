// The fenced blocks of code of a Markdown text, with the headings under which they stand.

/** A block between two fences. */
export interface CodeBlock {
  /** What follows the first fence, such as "ts"; empty where nothing does. */
  language: string;
  /** The nearest heading above, without its signs; empty above the first. */
  heading: string;
  code: string;
  /** Of the first line of the code, from 1. */
  line: number;
}

export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let heading = "";
  let open: CodeBlock | null = null;
  for (const [i, text] of markdown.split("\n").entries()) {
    const [, fence, language] = /^(\s*```)(\S*)/.exec(text) ?? [];
    if (fence !== undefined && open) {
      blocks.push(open);
      open = null;
    } else if (fence !== undefined) open = { language: language ?? "", heading, code: "", line: i + 2 };
    else if (open) open.code += `${text}\n`;
    else heading = /^#+ (.*)/.exec(text)?.[1] ?? heading;
  }
  if (open) throw new Error(`the block of line ${open.line} never ends`);
  return blocks;
}

/** The one block of that language under that heading. */
export function blockOf(markdown: string, heading: string, language: string): string {
  const found = codeBlocks(markdown).filter((block) => block.heading === heading && block.language === language);
  if (found.length !== 1) throw new Error(`"${heading}" has ${found.length} blocks of ${language}, not one`);
  return found[0].code;
}

/** The TypeScript blocks of the docstrings of a source, each under the name of what it documents. */
export function docstringBlocks(source: string): CodeBlock[] {
  return [...source.matchAll(/\/\*\*[\s\S]*?\*\/\s*(?:export )?(?:async )?(?:function |const |class )?(\w*)/g)].flatMap(
    ([comment, name, ...rest]) => {
      const start = source.slice(0, rest.at(-2) as unknown as number).split("\n").length;
      const markdown = comment.replace(/^ *(?:\/\*\*|\*\/|\*) ?/gm, "").replace(/^\s*```/gm, "```");
      return codeBlocks(markdown).map((block) => ({ ...block, heading: name, line: start + block.line - 1 }));
    },
  );
}
