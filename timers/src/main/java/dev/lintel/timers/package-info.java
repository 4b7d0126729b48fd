/**
 * Beam's {@link org.apache.beam.runners.core.TimerInternals} over the ordered store of a task:
 * durable timers of every time domain, fired in the order of their timestamps, and the counted
 * watermark holds.
 *
 * <p>Holds: {@link dev.lintel.timers.KeyedTimerInternals} (all timers of one operator in one task),
 * the queue of one time domain behind it, and {@link dev.lintel.timers.WatermarkHolds}. Called by
 * the operators of {@code runner}, on the thread of their task. Must not import anything of {@code
 * runner} or {@code translation}: it knows no bundles, no threads and no clock but the ones it is
 * told.
 */
@NullMarked
package dev.lintel.timers;

import org.jspecify.annotations.NullMarked;
