package dev.lintel.faults.process;

import dev.lintel.runner.checkpoint.Moment;

/** Has the runner halt at places that only it knows. */
public final class CheckpointWitness implements Moment.Witness {
  @Override
  public void reached(Moment moment) {
    Halts.at(
        switch (moment) {
          case UPLOADING -> Place.UPLOADING;
          case BEFORE_DECISION -> Place.BEFORE_DECISION;
          case AFTER_DECISION -> Place.AFTER_DECISION;
          case RESTORING -> Place.RESTORING;
        });
  }
}
