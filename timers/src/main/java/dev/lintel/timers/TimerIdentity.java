package dev.lintel.timers;

import dev.lintel.state.EncodedKey;
import org.apache.beam.runners.core.StateNamespace;
import org.jspecify.annotations.Nullable;

/**
 * What makes a timer the same timer within one time domain: key, namespace, family and id. (Beam's
 * {@code TimerData.stringKey()} is no identity: it leaves out the key and takes in whether a drain
 * caused the timer.)
 */
class TimerIdentity {
  final EncodedKey key;
  final StateNamespace namespace;
  final String family;
  final String id;
  final int hash;

  TimerIdentity(EncodedKey key, StateNamespace namespace, String family, String id) {
    this.key = key;
    this.namespace = namespace;
    this.family = family;
    this.id = id;
    int mixed = (key.hashCode() * 31 + namespace.hashCode()) * 31 + family.hashCode();
    mixed = (mixed * 31 + id.hashCode()) * 0x9E3779B9;
    this.hash = mixed ^ mixed >>> 15;
  }

  TimerIdentity(TimerIdentity from) {
    this.key = from.key;
    this.namespace = from.namespace;
    this.family = from.family;
    this.id = from.id;
    this.hash = from.hash;
  }

  final boolean sameAs(TimerIdentity that) {
    return hash == that.hash
        && key.equals(that.key)
        && id.equals(that.id)
        && family.equals(that.family)
        && (namespace == that.namespace || namespace.equals(that.namespace));
  }

  @Override
  public final boolean equals(@Nullable Object other) {
    return this == other || (other instanceof TimerIdentity that && sameAs(that));
  }

  @Override
  public final int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return (family.isEmpty() ? id : family + "/" + id) + " in " + namespace + " of " + key;
  }
}
