// Every kind of document against the JSON Schemas that the package ships.

import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, it } from "vitest";
import { documents } from "../support/documents.ts";

interface Schema {
  description?: string;
  $defs: Record<string, unknown>;
  properties: { schema: { const: string } };
}

const FOLDER = new URL("../../dist/schema/", import.meta.url);
const schemas = new Map(
  readdirSync(FOLDER).map((name) => [name, JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as Schema]),
);

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
const validators = new Map(
  [...schemas.values()].map((schema) => [schema.properties.schema.const, ajv.compile(schema)]),
);

/** The sentences of ajv, none where the document is valid. */
function complaints(document: { schema: string }): string[] {
  const validate = validators.get(document.schema);
  if (!validate) return [`no schema for ${document.schema}`];
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

let made: Record<string, string>;
beforeAll(async () => {
  made = await documents();
});

describe("the JSON Schemas", () => {
  it("are named after the documents, and one is shipped for each kind", () => {
    expect([...schemas.keys()].sort()).toEqual([
      "constants@1.json",
      "gap@1.json",
      "gaps@1.json",
      "limit@1.json",
      "network@1.json",
      "plan@1.json",
      "scaling@1.json",
      "self-concordance@1.json",
      "sweep@1.json",
      "theory@1.json",
    ]);
    for (const [name, { properties }] of schemas) expect(`${properties.schema.const}.json`).toBe(`propchaos/${name}`);
  });

  it("accept every document that the package makes", () => {
    const kinds = new Set<string>();
    for (const [name, text] of Object.entries(made)) {
      const document = JSON.parse(text);
      kinds.add(`${document.schema} ${document.status}`);
      expect(complaints(document), name).toEqual([]);
    }
    // The list above says what it says only if the runs ended the way their names claim.
    for (const kind of ["completed", "aborted", "diverged"]) {
      expect(kinds).toContain(`propchaos/gap@1 ${kind}`);
      expect(kinds).toContain(`propchaos/gaps@1 ${kind}`);
      expect(kinds).toContain(`propchaos/scaling@1 ${kind}`);
    }
    expect(kinds).toContain("propchaos/limit@1 diverged");
    expect(kinds).toContain("propchaos/network@1 completed");
    for (const kind of ["completed", "aborted", "diverged"]) {
      expect(kinds).toContain(`propchaos/self-concordance@1 ${kind}`);
      expect(kinds).toContain(`propchaos/theory@1 ${kind}`);
    }
    expect(kinds).toContain("propchaos/constants@1 completed");
    expect(kinds).toContain("propchaos/constants@1 aborted");
  });

  it("accept new optional fields, and refuse a missing or a changed one", () => {
    const document = JSON.parse(made["gap, pgd"]);
    expect(complaints({ ...document, later: 1, settings: { ...document.settings, later: 1 } })).toEqual([]);
    expect(complaints({ ...document, workers: { kind: "threads", count: 2 }, status: "failed", failure: "x" })).toEqual(
      [],
    );
    for (const name of Object.keys(document)) {
      // Which schema it is says the first; some are optional.
      if (name === "schema" || name === "workers") continue;
      const { [name]: _, ...rest } = document;
      const missing = name === "measuredOn" ? [] : [` must have required property '${name}'`];
      expect(complaints(rest), name).toEqual(missing);
      expect(complaints({ ...document, [name]: "?" }).length > 0 || name === "version", name).toBe(true);
    }
  });

  it("accept documents of early versions, which lack what is optional", () => {
    for (const [name, text] of Object.entries(made)) {
      const document = JSON.parse(text);
      for (const place of [
        document,
        document.problem,
        document.meanField,
        document.scaling,
        ...(document.widths ?? []),
      ])
        for (const key of [
          "workers",
          "measuredOn",
          "precisionFloor",
          "signed",
          "trainError",
          "testError",
          "corrected",
          "theory",
        ])
          if (place && document.schema === "propchaos/gap@1") delete place[key];
      if (/\/(gaps|scaling|self-concordance|sweep|theory)@1$/.test(document.schema)) continue;
      for (const key of ["objective", "langevin", "pathNorm", "interaction", "reference"])
        delete document.settings[key];
      for (const key of ["width", "fluctuation"]) if (document.meanField) delete document.meanField[key];
      expect(complaints(document), name).toEqual([]);
    }
  });

  it.each([
    ["settings/data", { data: { samples: 4 } }],
    ["settings/data", { data: "samples" }],
    ["settings/precision", { precision: "float16" }],
    ["settings/reference", { reference: 1 }],
    ["settings/pathNorm", { pathNorm: -1 }],
  ])("refuse what stands at %s in %j", (path, wrong) => {
    const document = JSON.parse(made["gap, on data beside a reference network"]);
    const found = complaints({ ...document, settings: { ...document.settings, ...wrong } });
    expect(
      found.some((sentence) => sentence.startsWith(`/${path}`)),
      found.join(),
    ).toBe(true);
  });

  it("refuse what is wrong with theory", () => {
    const document = JSON.parse(made["gap with theory"]);
    expect(complaints({ ...document, theory: null })).toEqual([]);
    for (const wrong of [true, {}, { ...document.theory, networks: [{}] }, { ...document.theory, constants: [] }])
      expect(complaints({ ...document, theory: wrong }).length).toBeGreaterThan(0);
    const theory = JSON.parse(made.theory);
    for (const name of ["gapEquation", "constants"]) {
      expect(complaints({ ...theory, [name]: null })).toEqual([]);
      expect(complaints({ ...theory, [name]: {} }).length).toBeGreaterThan(0);
    }
  });

  it("describe every field", () => {
    const bare: string[] = [];
    const look = (value: unknown, path: string, described: boolean): void => {
      if (typeof value !== "object" || value === null) return;
      const node = value as Record<string, unknown>;
      for (const [name, property] of Object.entries(
        (node.properties ?? {}) as Record<string, Record<string, unknown>>,
      )) {
        const own = "description" in property || "$ref" in property || "const" in property || described;
        if (!own) bare.push(`${path}.${name}`);
      }
      for (const [name, entry] of Object.entries(node)) look(entry, `${path}.${name}`, false);
    };
    for (const [name, schema] of schemas) look(schema, name, false);
    expect(bare).toEqual([]);
  });

  it("agree on the parts they share", () => {
    const [gap, gaps, limit, network, constants, scaling, concordance, theory] = [
      "gap",
      "gaps",
      "limit",
      "network",
      "constants",
      "scaling",
      "self-concordance",
      "theory",
    ].map((name) => schemas.get(`${name}@1.json`));
    expect(Object.keys(network?.$defs ?? {})).toEqual(expect.arrayContaining(Object.keys(limit?.$defs ?? {})));
    const theirs = ["spread", "growth", "verdict", "selfConcordance"];
    for (const part of theirs.slice(0, 3)) expect(theory?.$defs[part]).toEqual(concordance?.$defs[part]);
    expect(concordance).toMatchObject(theory?.$defs.selfConcordance as object);
    const settings = (schema: Schema | undefined) =>
      (schema?.properties as Record<string, unknown> | undefined)?.settings;
    expect(scaling?.$defs.samplesSettings).toEqual(settings(gaps));
    const names = (value: unknown) => Object.keys((value as { properties: object }).properties);
    expect(names(scaling?.$defs.gapSettings)).toEqual(names(settings(gap)));
    for (const part of ["problem", "singleIndex", "multiIndex", "boolean", "activation", "hermite", "samples"])
      expect(scaling?.$defs[part], part).toEqual(gap?.$defs[part]);
    const own = ["widthGap", "sampleGap", "discretisationGap", ...theirs];
    for (const schema of [gaps, limit, network, constants, concordance, theory])
      for (const [part, definition] of Object.entries(schema?.$defs ?? {}))
        if (!own.includes(part)) expect(definition, part).toEqual(gap?.$defs[part]);
  });
});
