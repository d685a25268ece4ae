/**
 * Validator: Ajv (JSON Schema 2020-12, strict, all errors), loaded and compiled only when needed and only for the
 * schemas that a recipe uses. Validators
 * compiled at build time would start faster still; measured, they are not needed yet.
 */
import type { Ajv2020 } from "ajv/dist/2020.js";
import type { ErrorObject, ValidateFunction } from "ajv";

import { HOST_FILE, HOST_FOLDER, HOST_PATH, type JsonSchema } from "../schemas/index.ts";

export class Validator {
  readonly #ajv: Ajv2020;
  readonly #compiled = new Map<JsonSchema, ValidateFunction>();

  private constructor(ajv: Ajv2020) {
    this.#ajv = ajv;
  }

  /** @param strict checks the schemas themselves too (tests); costs time */
  static async create(strict = false): Promise<Validator> {
    const { Ajv2020 } = await import("ajv/dist/2020.js");
    const ajv = new Ajv2020({
      strict: true,
      allowUnionTypes: true,
      allErrors: true,
      verbose: true,
      ownProperties: true,
      validateSchema: strict,
      addUsedSchema: false,
      formats: { [HOST_FILE]: true, [HOST_FOLDER]: true, [HOST_PATH]: true, regex: isRegex },
    });
    return new Validator(ajv);
  }

  /** @returns Ajv's errors; none when the value is accepted */
  errors(schema: JsonSchema, value: unknown): readonly ErrorObject[] {
    let validate = this.#compiled.get(schema);
    if (validate === undefined) {
      validate = this.#ajv.compile(schema);
      this.#compiled.set(schema, validate);
    }
    return validate(value) ? [] : (validate.errors ?? []);
  }
}

function isRegex(text: string): boolean {
  try {
    return new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
}
