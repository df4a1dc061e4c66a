import * as propchaos from "propchaos";
import { describe, expect, it } from "vitest";
import { REPORTS_HASH, reportsHash } from "../support/same-bits.ts";

describe("the same bits everywhere", () => {
  it.each(["simd", "scalar"] as const)("gap reports of the %s build have the committed hash", async (backend) => {
    expect(await reportsHash(propchaos, backend)).toBe(REPORTS_HASH);
  });
});
