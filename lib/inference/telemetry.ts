/**
 * Switches ONNX Runtime's telemetry off, by being imported before it. Its builds keep a device id and a queue of events in
 * the user's cache folder and send them to its makers; here nothing leaves the machine.
 *
 * Native code reads the environment of the process, of which a worker's `process.env` is only a copy: whoever starts a
 * worker that loads ONNX Runtime imports this in the main thread first.
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';
