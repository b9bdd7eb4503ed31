/** The result as people read it. */
import type { Machine } from './machine';
import type { PeerResult } from './peers';
import type { BenchResult, PeersOnly } from './result';
import { rounded } from './statistics';
import { table, type Cell } from './table';

export function report(result: BenchResult): string {
  const { machine, eventLoopDelayMs } = result;
  const sections = [
    machineLines(machine),
    section('Frames: milliseconds from JPEG to JPEG; total is the detection', detectRows(result)),
    section('The same in the engine, frame after frame', pipelineRows(result)),
    section('Embedding', embedRows(result)),
    section('Networks: plain PRelu against the shipped form', networkRows(result)),
    section('Drawing', annotateRows(result)),
    section('Matching one face exactly', matchRows(result)),
    `Main thread while the engine detects without pause\n` +
      `  late by ${eventLoopDelayMs.p50} ms (median), ${eventLoopDelayMs.p99} ms (99th percentile)\n`,
    section('Memory of the process, MB', memoryRows(result)),
    ...(result.preprocess ? [section('Preprocessing at 1280 × 720', preprocessRows(result.preprocess))] : []),
    ...(result.peers ? [peersSection(result.peers)] : []),
  ];
  return sections.join('\n');
}

export function reportPeers({ machine, peers }: PeersOnly): string {
  return `${machineLines(machine)}\n${peersSection(peers)}`;
}

function machineLines(machine: Machine): string {
  return (
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.platform}\n` +
    `Node ${machine.node}, ONNX Runtime ${machine.onnxruntime}, ${machine.threads} threads for a network` +
    `, load ${machine.load}${machine.commit === null ? '' : `, commit ${machine.commit}`}\n`
  );
}

interface Table {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

function section(title: string, { headers, rows }: Table): string {
  return `${title}\n${table(headers, rows)}`;
}

function detectRows({ detect }: BenchResult): Table {
  const stages = [...new Set(detect.flatMap((row) => Object.keys(row.stages)))];
  return {
    headers: ['size', 'detector', 'from px', 'faces', 'total', 'networks', 'overhead', ...stages],
    rows: detect.map((row) => [
      ...[row.size, row.detector, row.minFace, row.faces, row.totalMs, row.networksMs, row.overhead],
      ...stages.map((stage) => row.stages[stage] ?? null),
    ]),
  };
}

function pipelineRows({ detect }: BenchResult): Table {
  return {
    headers: ['size', 'detector', 'from px', 'frames/s', 'main thread late, median', '99th percentile'],
    rows: detect.map(({ size, detector, minFace, framesPerSecond, eventLoopDelayMs: { p50, p99 } }) => [
      size,
      detector,
      minFace,
      framesPerSecond,
      p50,
      p99,
    ]),
  };
}

function embedRows({ embed }: BenchResult): Table {
  return {
    headers: ['model', 'faces', 'total', 'align', 'network', 'overhead'],
    rows: embed.map((row) => [row.model, row.batch, row.totalMs, row.alignMs, row.networkMs, row.overhead]),
  };
}

function networkRows({ networks }: BenchResult): Table {
  return {
    headers: ['network', 'input', 'from px', 'plain', 'shipped', 'plain / shipped'],
    rows: networks.map(({ network, input, minFace, plainMs, shippedMs, gain }) => [
      network,
      input,
      minFace,
      plainMs,
      shippedMs,
      gain,
    ]),
  };
}

function memoryRows({ memoryBySize }: BenchResult): Table {
  return {
    headers: ['size', 'frames', 'at first', 'at the quarters', '', '', 'at the end'],
    rows: memoryBySize.map(({ size, frames, start, quarters }) => [size, frames, start, ...quarters]),
  };
}

function annotateRows({ annotate }: BenchResult): Table {
  return {
    headers: ['size', 'faces', 'ms'],
    rows: annotate.map(({ width, height, faces, ms }) => [`${width}x${height}`, faces, rounded(ms)]),
  };
}

function matchRows({ match }: BenchResult): Table {
  return {
    headers: ['samples', 'ms', 'MB for each 100k', 'main thread late, 99th percentile'],
    rows: match.map(({ samples, ms, mbPer100k, eventLoopDelayMs }) => [
      samples,
      rounded(ms),
      mbPer100k === null ? null : Math.round(mbPer100k),
      rounded(eventLoopDelayMs),
    ]),
  };
}

function preprocessRows(preprocess: NonNullable<BenchResult['preprocess']>): Table {
  return {
    headers: ['step', 'ms', 'sharp, ms'],
    rows: preprocess.map(({ step, ms, sharpMs }) => [
      step,
      rounded(ms),
      sharpMs === undefined ? null : rounded(sharpMs),
    ]),
  };
}

function peersSection(peers: readonly PeerResult[]): string {
  const rows = peers.flatMap(({ name, version, timings }) =>
    timings.map(({ detector, size, faces, right, detectMs, recogniseMs }) => [
      `${name} ${version ?? ''}`,
      detector,
      size,
      faces,
      right === null ? null : `${right.found} of ${right.present}`,
      right === null ? null : right.falseAlarms,
      detectMs,
      recogniseMs,
    ]),
  );
  const headers = ['', 'detector', 'size', 'faces', 'found', 'false', 'detect', 'detect and embed'];
  const missing = peers.flatMap(({ name, missing: reason }) =>
    reason ? [`  ${name} is missing: ${reason}\n`] : [],
  );
  const title = 'What could be installed instead, from decoded pixels; milliseconds';
  return `${title}\n${table(headers, rows)}${missing.join('')}`;
}
