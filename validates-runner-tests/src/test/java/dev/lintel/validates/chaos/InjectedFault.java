package dev.lintel.validates.chaos;

import dev.lintel.runner.fault.Faults;

/** What a job fails with because the test wants it to. No stack trace: it is known where. */
final class InjectedFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InjectedFault(Faults.Point point, String where) {
    super("Injected at " + point + " (" + where + ")", null, false, false);
  }
}
