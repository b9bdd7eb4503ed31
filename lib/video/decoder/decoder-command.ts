/** The process to start for an input: ffmpeg, or this project's own around node-av. Both write the same to their pipes. */
import type { Decoder } from './decoder';
import { entryPoint, NODE_OPTIONS } from './entry-point';
import { ffmpegInvocation, type DecodeJob } from './ffmpeg-arguments';

export interface DecoderCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Written to the process's standard input. */
  readonly stdin: string;
  /** Standard input stays open, and its end tells the process to go. */
  readonly lifeline: boolean;
  /** Never to be shown from what the process says. */
  readonly secrets: readonly string[];
}

export function decoderCommand(job: DecodeJob, decoder: Decoder, prefix: readonly string[]): DecoderCommand {
  const { secrets } = job.input;
  const [command, args, stdin] = decoder.kind === 'ffmpeg' ? ffmpegProcess(job, decoder) : nodeAvProcess(job);
  const [first = command, ...rest] = [...prefix, command, ...args];
  return { command: first, args: rest, stdin, lifeline: decoder.kind === 'node-av', secrets };
}

type Process = [command: string, args: readonly string[], stdin: string];

function ffmpegProcess(job: DecodeJob, { path, version }: Extract<Decoder, { kind: 'ffmpeg' }>): Process {
  const { args, stdin } = ffmpegInvocation(job, version);
  return [path, args, stdin];
}

function nodeAvProcess(job: DecodeJob): Process {
  return [process.execPath, [...NODE_OPTIONS, entryPoint('node-av-decoder')], `${JSON.stringify(job)}\n`];
}
