// The TypeScript blocks of a page as one program. A block sees the names of the blocks above it, as a reader does; a block that
// imports nothing may use all names of the package, and an engine called engine.

import ts from "typescript";
import type { CodeBlock } from "./code-blocks.ts";

/** Names that a program declares, imports or takes as parameters, anywhere in it, and those that it mentions as values. */
function namesOf(code: string): { declared: Set<string>; mentioned: Set<string> } {
  const source = ts.createSourceFile("block.ts", code, ts.ScriptTarget.ESNext, true);
  const declared = new Set<string>();
  const mentioned = new Set<string>();
  function visit(node: ts.Node): void {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const named = "name" in parent && parent.name === node;
      if (named && (ts.isVariableDeclaration(parent) || ts.isBindingElement(parent) || ts.isParameter(parent)))
        declared.add(node.text);
      else if (named && (ts.isImportSpecifier(parent) || ts.isFunctionDeclaration(parent))) declared.add(node.text);
      else if (!(ts.isPropertyAccessExpression(parent) && named) && !(ts.isPropertyAssignment(parent) && named))
        mentioned.add(node.text);
    }
    ts.forEachChild(node, visit);
  }
  visit(source);
  return { declared, mentioned };
}

/**
 * One module out of the blocks of a page, nested so that later blocks see what earlier ones declare.
 *
 * @param exported - the names of the package.
 * @param head - lines before the first block, which give `propchaos` and what else the blocks take from their surroundings.
 */
export function pageProgram(blocks: readonly CodeBlock[], exported: readonly string[], head: string): string {
  const known = new Set<string>();
  let engine = false;
  const parts = blocks.map(({ code, line }) => {
    const imports: string[] = [];
    const body = code.replace(/^import\s+(type\s+)?\{([^}]*)\}\s+from\s+"([^"]+)";\n/gm, (text, type, list, module) => {
      if (module !== "propchaos") throw new Error(`line ${line}: a block of a page imports ${text}`);
      if (!type) imports.push(list.replace(/,\s*$/, "").trim());
      return "";
    });
    const { declared, mentioned } = namesOf(body);
    const imported = imports.flatMap((list) => list.split(/\s*,\s*/)).filter((name) => !name.startsWith("type "));
    const missing = exported.filter((name) => mentioned.has(name) && !declared.has(name) && !known.has(name));
    const wanted = [...new Set([...imported, ...missing])];
    if (!declared.has("engine") && mentioned.has("engine") && !engine) wanted.push("createEngine");
    const start = wanted.length > 0 ? `const { ${[...new Set(wanted)].join(", ")} } = propchaos;\n` : "";
    const running = !declared.has("engine") && mentioned.has("engine") && !engine;
    const engineLine = running ? "const engine = await createEngine();\n" : "";
    if (declared.has("engine") || running) engine = true;
    if (/engine\.dispose\(\)/.test(body)) engine = false;
    for (const name of declared) known.add(name);
    return `{ // line ${line}\n${start}${engineLine}${body}`;
  });
  return `${head}\n${parts.join("\n")}${"}".repeat(parts.length)}\n`;
}
