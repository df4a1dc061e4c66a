// A real Slurm on this machine, for the tests of sweeps on clusters: munged, slurmctld and one slurmd with two processors, on
// loopback, with ports that are free and all of their state in a folder of their own, which is removed in the end. Nothing needs
// systemd or control groups. As root on Debian its packages are installed where they are missing.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findOrInstall, systemPaths } from "../../scripts/programs.ts";

const NAMES = ["munged", "slurmctld", "slurmd", "sbatch", "scancel", "scontrol", "sinfo", "squeue"] as const;
type Name = (typeof NAMES)[number];

/** What a program of Slurm wrote. */
export interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A Slurm that runs. */
export interface Slurm {
  /** The environment in which its programs find it. */
  env: NodeJS.ProcessEnv;
  /** Runs one of its programs to its end. */
  run(name: Name, ...args: string[]): Answer;
  /** Cancels all jobs, ends all daemons, and removes their folder. */
  stop(): Promise<void>;
}

/** Where a program lies; daemons are often not on PATH. */
function pathOf(name: Name): string | undefined {
  const folders = ["/usr/sbin", "/usr/local/sbin"].map((folder) => join(folder, name));
  return [...systemPaths({ commands: [name] }), ...folders].find(existsSync);
}

/** Waits until `ready` says something, looking every tenth of a second. */
export async function until<T>(what: string, seconds: number, ready: () => T | undefined | false): Promise<T> {
  const end = performance.now() + 1000 * seconds;
  for (;;) {
    const value = ready();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await sleep(100);
  }
}

/** Ports that nobody listens on, all asked for at once so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.on("error", reject);
          server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** slurm.conf. What the node has is what is written here, whatever the machine has. */
function configuration(folder: string, controllerPort: number, nodePort: number): string {
  const [host] = hostname().split(".");
  const user = userInfo().username;
  return `ClusterName=ci
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controllerPort}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=${folder}/munge/munge.sock,cred_expire=5
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool/%n
SlurmctldPidFile=${folder}/run/slurmctld.pid
SlurmdPidFile=${folder}/run/slurmd-%n.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdLogFile=${folder}/log/slurmd-%n.log
SlurmdParameters=config_overrides
MailProg=/bin/true
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1,batch_sched_delay=0
ReturnToService=2
JobRequeue=1
KillWait=2
MinJobAge=300
NodeName=n1 NodeHostname=${host} NodeAddr=127.0.0.1 Port=${nodePort} CPUs=2 Boards=1 SocketsPerBoard=1 CoresPerSocket=2 ThreadsPerCore=1 RealMemory=16000 State=UNKNOWN
PartitionName=ci Nodes=ALL Default=YES MaxTime=60 State=UP
`;
}

/** The last lines of the logs of daemons, for the message of a failure. */
function logs(folder: string): string {
  return readdirSync(join(folder, "log"))
    .map(
      (name) =>
        `${name}:\n${readFileSync(join(folder, "log", name), "utf8")
          .split("\n")
          .slice(-8)
          .join("\n")}`,
    )
    .join("\n");
}

/** Ends a daemon, by force where it does not listen for two seconds. */
async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const gone = new Promise((resolve) => daemon.once("exit", resolve));
  daemon.kill("SIGTERM");
  const force = setTimeout(() => daemon.kill("SIGKILL"), 2000);
  await gone;
  clearTimeout(force);
}

async function startIn(folder: string, programs: Record<Name, string>): Promise<Slurm> {
  // Clients must reach the socket of munged, but not its key.
  chmodSync(folder, 0o755);
  for (const name of ["munge", "state", "spool", "log", "run"]) mkdirSync(join(folder, name), { mode: 0o755 });
  writeFileSync(join(folder, "munge/key"), randomBytes(128), { mode: 0o600 });
  const conf = join(folder, "slurm.conf");
  const [controllerPort, nodePort] = await freePorts(2);
  writeFileSync(conf, configuration(folder, controllerPort, nodePort));

  // A test that runs inside a job of another cluster must not ask that one.
  const others = Object.entries(process.env).filter(([name]) => !/^(SLURM|SBATCH|SQUEUE|SCANCEL|SINFO)_/.test(name));
  const env = { ...Object.fromEntries(others), SLURM_CONF: conf };
  const run = (name: Name, ...args: string[]): Answer => {
    const { status, stdout, stderr } = spawnSync(programs[name], args, { env, encoding: "utf8", timeout: 20_000 });
    return { code: status, stdout, stderr };
  };
  const daemons: ChildProcess[] = [];
  const killAll = () => {
    for (const daemon of daemons) daemon.kill("SIGKILL");
  };
  // Whatever ends the tests, no daemon stays.
  process.once("exit", killAll);
  const start = (name: Name, ...args: string[]) => {
    const log = openSync(join(folder, "log", `${name}.said`), "w");
    const daemon = spawn(programs[name], args, { env, stdio: ["ignore", log, log] });
    closeSync(log);
    daemon.on("error", () => undefined);
    daemons.push(daemon);
    return daemon;
  };
  const stop = async () => {
    if (daemons.length > 1) {
      run("scancel", "--user", userInfo().username);
      // Steps are processes of their own, which only slurmd can end.
      await until("all jobs are gone", 10, () => run("squeue", "--noheader").stdout.trim() === "").catch(
        () => undefined,
      );
    }
    for (const daemon of [...daemons].reverse()) await end(daemon);
    process.off("exit", killAll);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const munge = join(folder, "munge");
    const socket = join(munge, "munge.sock");
    const files = { socket, "key-file": join(munge, "key"), "seed-file": join(munge, "seed") };
    const others = { "pid-file": join(munge, "munged.pid"), "log-file": join(folder, "log/munged.log") };
    start(
      "munged",
      "--foreground",
      ...Object.entries({ ...files, ...others }).map(([name, path]) => `--${name}=${path}`),
    );
    await until("munged answers", 10, () => existsSync(socket));
    start("slurmctld", "-D");
    // A node that finds no controller asks again only after ten seconds.
    await until("slurmctld answers", 10, () => run("scontrol", "ping").stdout.includes("is UP"));
    start("slurmd", "-D", "-N", "n1");
    await until("the node is idle", 20, () => run("sinfo", "--noheader", "--format=%T").stdout.trim() === "idle");
  } catch (error) {
    const said = logs(folder);
    await stop();
    throw new Error(`Slurm did not start: ${(error as Error).message}\n${said}`, { cause: error });
  }
  return { env, run, stop };
}

/**
 * Starts a Slurm, or says in a sentence why there can be none on this machine.
 *
 * @throws Error where it is installed and does not start, with the last lines of its logs.
 */
export async function startSlurm(): Promise<Slurm | string> {
  if (process.platform !== "linux") return `Slurm runs on Linux, and this is ${process.platform}`;
  const find = () => {
    const paths = NAMES.map((name) => [name, pathOf(name)] as const);
    return paths.every(([, path]) => path !== undefined) ? "all" : undefined;
  };
  try {
    findOrInstall(find, ["slurm-wlm", "munge"], "Slurm and munge are not installed (Debian: slurm-wlm, munge)");
  } catch (error) {
    return (error as Error).message;
  }
  const programs = Object.fromEntries(NAMES.map((name) => [name, pathOf(name)])) as Record<Name, string>;
  // Twice, because somebody else may take a port in between. The path of a socket has 108 bytes at most, so this one is short.
  const attempt = () => startIn(mkdtempSync(join(tmpdir(), "slurm-")), programs);
  return attempt().catch(attempt);
}
