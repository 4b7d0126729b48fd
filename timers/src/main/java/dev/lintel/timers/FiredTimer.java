package dev.lintel.timers;

import dev.lintel.state.EncodedKey;
import org.apache.beam.runners.core.TimerInternals.TimerData;

/**
 * A timer that came due and is no longer set, with the key that it was set for.
 *
 * @param key the caller makes it the current key of state and timers before it calls user code
 */
public record FiredTimer(EncodedKey key, TimerData timer) {}
