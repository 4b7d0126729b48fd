package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.claim.Machine;
import dev.lintel.runner.checkpoint.claim.RunOwner;
import java.util.function.BooleanSupplier;

/** A machine for each process of a test, all with one clock. */
public record SimulatedMachine(String run, BooleanSupplier othersAreGone) implements Machine {
  @Override
  public RunOwner newRun(long nowMillis) {
    return new RunOwner(run, "host", run, 1, 0, nowMillis);
  }

  @Override
  public boolean isGone(RunOwner owner) {
    return othersAreGone.getAsBoolean();
  }

  @Override
  public boolean isHere(RunOwner owner) {
    return true;
  }
}
