// Files that the user names, read whole. Not devices: of /dev/zero and its like there is no whole.

import { readFileSync, statSync } from "node:fs";

/** The bytes of a file or a pipe. @throws the file system's error, or one that says that it is a device. */
export function readFile(path: string): Buffer {
  const what = statSync(path);
  if (what.isCharacterDevice() || what.isBlockDevice()) throw new Error("it is a device, which has no end");
  return readFileSync(path);
}
