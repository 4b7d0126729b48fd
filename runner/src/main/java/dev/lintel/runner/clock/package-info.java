/**
 * Time, waiting and chance as they are handed in: the only place that reads the machine's clock and
 * its randomness.
 */
@NullMarked
package dev.lintel.runner.clock;

import org.jspecify.annotations.NullMarked;
