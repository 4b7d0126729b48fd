package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.manifest.Manifest;

/**
 * Has its say about what a run is to begin with, before that is written down. A run that is refused
 * has changed nothing: the next one finds what this one found.
 */
public interface RestoreCheck {
  /** Whatever is there is taken. */
  RestoreCheck NONE = (manifest, name) -> {};

  /**
   * Throws what the run fails with, if it is not to begin with this.
   *
   * @param name which one it is, for messages
   */
  void check(Manifest manifest, String name);
}
