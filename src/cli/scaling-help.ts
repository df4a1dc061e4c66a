// What `propchaos scaling` says of itself, and the names of its files.

export const FILES = ["scaling.json", "scaling.csv", "scaling.svg"];
export const FILE_WORDS = "scaling.json, scaling.csv and scaling.svg";

export const DESCRIPTION = `Scaling laws: how long training takes and how wide a network has to be as the dimension d grows, how gaps fall with width m and samples n, how the risk decays.

Every law is a slope on log-log axes with a 95% interval, and a sentence where the points are no power law.`;

const ENDING = `
Lists may hold ranges: 32..1000 is four points a decade with equal ratios,
32..1000:9 nine of them.

Results: tables on stdout. With --out DIR also DIR/scaling.json (everything),
DIR/scaling.csv (one row a point) and DIR/scaling.svg (a figure).

Exit codes: 0 done, 1 failed or diverged, 2 wrong usage, 130 interrupted (what
is finished is kept and written).
`;

export const TIME_HELP = `${ENDING}
For odd k* half of the particles settle on the equator, and the risk comes to
rest at a quarter of its start: half of it is passed on the way there.

Examples:
  $ propchaos scaling time --k 3,4,5 --d 32..1000000
  $ propchaos scaling time --k 6 --d 32..1000 --horizon 1e5 --out results/time
  $ propchaos scaling time He4_misspecified He4_orth --d 16..256
`;

export const WIDTH_HELP = `${ENDING}
Examples:
  $ propchaos scaling width --k 4 --d 8..64 --gap 0.01
  $ propchaos scaling width He3 --d 8..64 --gap 0.1 --statistic meanDelta --time 2
`;

export const GAP_HELP = `${ENDING}
Gaps are those of "propchaos gap", with the same options.

Examples:
  $ propchaos scaling gap He4 --d 16 --widths 64..1024 --time 1
  $ propchaos scaling gap He4_orth --widths 64,128,256 --seeds 16 --dynamics flow
`;

export const SAMPLES_HELP = `${ENDING}
Gaps are those of "propchaos gaps", with the same options.

Examples:
  $ propchaos scaling samples He4 --d 8 --widths 32 --samples 4096..65536
`;

export const DECAY_HELP = `${ENDING}
For an even target of its own activation theory has a slope of -2/(k* - 1) once
most particles have converged, as long as corrections of order 1/d are small.

Examples:
  $ propchaos scaling decay He4 --d 100000 --time 1e6 --from 1e5
`;
