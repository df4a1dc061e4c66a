// The rooms of src and what each may know (CONTRIBUTING.md). Pure functions over the text of the files, used by
// `npm run lint` and by tests/unit/rooms.test.ts.

import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";

/** From the lowest room up. A room knows only rooms of lower lines; rooms of one line do not know each other. */
export const LEVELS: readonly (readonly string[])[] = [
  ["core"],
  ["engine"],
  ["numeric"],
  ["pool"],
  ["problem"],
  ["network", "limit"],
  ["gap"],
  ["theory"],
  ["experiment"],
  ["plot", "io"],
  ["index.ts", "worker.ts"],
  ["element", "cli"],
  ["node.ts"],
];

/** Where Node's own modules may be used; everything else must run in a page. */
const NODE_ROOMS = ["cli", "node.ts"];

/** Written by the build, so they are not there in a fresh checkout; they import nothing. */
const GENERATED = ["src/engine/generated/", "src/pool/generated/"];

interface Import {
  specifier: string;
  /** Gone after compilation. */
  typeOnly: boolean;
  dynamic: boolean;
}

interface Reading {
  imports: Import[];
  /** Whether the file awaits outside every function. */
  topLevelAwait: boolean;
}

/** The room of a file: its folder in src, or its own name where it lies in src itself. */
export function roomOf(path: string): string {
  return path.split("/")[1];
}

function read(path: string, text: string): Reading {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const imports: Import[] = [];
  let topLevelAwait = false;
  function note(specifier: ts.Node | undefined, typeOnly: boolean, dynamic: boolean): void {
    if (specifier && ts.isStringLiteralLike(specifier)) imports.push({ specifier: specifier.text, typeOnly, dynamic });
    else if (dynamic) imports.push({ specifier: "(computed)", typeOnly, dynamic });
  }
  function visit(node: ts.Node, inFunction: boolean): void {
    if (ts.isImportDeclaration(node)) {
      note(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword, false);
    } else if (ts.isExportDeclaration(node)) note(node.moduleSpecifier, node.isTypeOnly, false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) note(node.argument.literal, true, false);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      note(node.arguments[0], false, true);
    } else if (!inFunction && (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier))) {
      topLevelAwait = true;
    }
    ts.forEachChild(node, (child) => visit(child, inFunction || ts.isFunctionLike(node)));
  }
  visit(source, false);
  return { imports, topLevelAwait };
}

/** The file of src that a relative import means. */
function target(path: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(path), specifier));
}

function level(room: string): number {
  return LEVELS.findIndex((rooms) => rooms.includes(room));
}

function checkFile(path: string, { imports, topLevelAwait }: Reading): string[] {
  const room = roomOf(path);
  if (level(room) < 0) return [`${path}: there is no room called ${room}; scripts/rooms.ts lists them`];
  const browser = !NODE_ROOMS.includes(room);
  const problems = imports.flatMap(({ specifier, dynamic }) => {
    if (browser && dynamic) return [`${path}: imports ${specifier} dynamically, which only cli and node.ts may`];
    if (browser && specifier.startsWith("node:"))
      return [`${path}: imports ${specifier}, which only cli and node.ts may`];
    if (!specifier.startsWith(".")) return [];
    const other = target(path, specifier);
    if (!other.startsWith("src/")) return [`${path}: imports ${specifier}, which lies outside src`];
    const known = roomOf(other);
    return known === room || level(known) < level(room)
      ? []
      : [`${path}: ${room} must not know ${known} (${specifier})`];
  });
  return browser && topLevelAwait
    ? [...problems, `${path}: awaits at top level, which only cli and node.ts may`]
    : problems;
}

/** Every circle of imports that are there at run time, once, as the files on the way. */
function findCircles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  function walk(path: string, way: string[]): void {
    const start = way.indexOf(path);
    if (start >= 0) circles.push([...way.slice(start), path]);
    if (start >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) walk(next, [...way, path]);
    done.add(path);
  }
  for (const path of edges.keys()) walk(path, []);
  return circles;
}

/** All violations in these files (path from the project's root, with slashes -> text), a sentence each. */
export function findViolations(files: ReadonlyMap<string, string>): string[] {
  const readings = new Map([...files].map(([path, text]) => [path, read(path, text)] as const));
  const edges = new Map(
    [...readings].map(([path, { imports }]) => {
      const solid = imports.filter(({ specifier, typeOnly }) => !typeOnly && specifier.startsWith("."));
      return [path, solid.map(({ specifier }) => target(path, specifier))] as const;
    }),
  );
  return [
    ...[...readings].flatMap(([path, reading]) => checkFile(path, reading)),
    ...findCircles(edges).map((circle) => `circle of imports: ${circle.join(" -> ")}`),
  ];
}

/** The sources under `src`, read from the current directory. */
export function readSources(): Map<string, string> {
  const paths = readdirSync("src", { recursive: true, encoding: "utf8" }).map(
    (path) => `src/${path.replaceAll("\\", "/")}`,
  );
  const sources = paths
    .filter((path) => path.endsWith(".ts") && !GENERATED.some((folder) => path.startsWith(folder)))
    .sort();
  return new Map(sources.map((path) => [path, readFileSync(path, "utf8")]));
}
