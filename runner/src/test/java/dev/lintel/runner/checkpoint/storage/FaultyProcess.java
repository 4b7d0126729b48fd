package dev.lintel.runner.checkpoint.storage;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A process as the file system sees it: decides what becomes of each operation. Files are addressed
 * as {@code faulty://NAME/path}: the disk is shared, the name tells who asks.
 */
public abstract class FaultyProcess {
  private static final Map<String, FaultyProcess> ALL = new ConcurrentHashMap<>();

  /** Work is done at once, by the thread that asks for it; nobody keeps the lease. */
  static final StorageWorkers WORKERS =
      new StorageWorkers(Runnable::run, Runnable::run, (lease, onFenced) -> lease::close);

  private final String name;
  private final FaultyDisk disk;

  protected FaultyProcess(String name, FaultyDisk disk) {
    this.name = name;
    this.disk = disk;
    ALL.put(name, this);
  }

  /** What the death of the process looks like from inside. */
  public static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    public Crash() {
      super("killed", null, false, false);
    }
  }

  /** What becomes of an operation that changes something. */
  public enum Effect {
    DONE,
    /** It fails, having done nothing, or a part of it if it is a write. */
    FAILED,
    /** It fails, but is done. */
    DONE_AND_FAILED,
    /** The process dies, having done nothing, or a part of it. */
    CRASHED,
    /** The process dies when it is done. */
    DONE_AND_CRASHED
  }

  static FaultyProcess of(String name) {
    FaultyProcess process = ALL.get(name);
    if (process == null) {
      throw new IllegalArgumentException("Expected a process of this test, but " + name);
    }
    return process;
  }

  /** What is asked for in the name of one that is dead, is asked for by another. */
  public static void succeed(FaultyProcess dead, FaultyProcess by) {
    ALL.put(dead.name, by);
  }

  public static void forget(String name) {
    ALL.remove(name);
  }

  public final String location() {
    return "faulty://" + name + "/checkpoints";
  }

  protected final FaultyDisk disk() {
    return disk;
  }

  /** Called before each operation; may wait, or throw {@link Crash}. */
  protected abstract Effect next(String operation, String path);

  /** How much of a write is done that fails. */
  protected abstract int torn(int length);

  /** For operations that change nothing. */
  final void read(String operation, String path) throws IOException {
    finish(next(operation, path));
  }

  static void finish(Effect effect) throws IOException {
    switch (effect) {
      case FAILED, DONE_AND_FAILED -> throw new IOException("No space left on device");
      case CRASHED, DONE_AND_CRASHED -> throw new Crash();
      case DONE -> {}
    }
  }

  protected static boolean isDone(Effect effect) {
    return effect == Effect.DONE
        || effect == Effect.DONE_AND_FAILED
        || effect == Effect.DONE_AND_CRASHED;
  }
}
