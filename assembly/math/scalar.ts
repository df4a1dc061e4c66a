// Elementary functions for TypeScript. Host Math.exp, sin, pow and the like differ between engines in the last bits;
// these are AssemblyScript's own (ports of musl's), compiled into the module, and agree everywhere.

export function exp(x: f64): f64 {
  return Math.exp(x);
}

export function log(x: f64): f64 {
  return Math.log(x);
}

export function pow(x: f64, y: f64): f64 {
  return Math.pow(x, y);
}

export function sin(x: f64): f64 {
  return Math.sin(x);
}

export function cos(x: f64): f64 {
  return Math.cos(x);
}

export function asin(x: f64): f64 {
  return Math.asin(x);
}
