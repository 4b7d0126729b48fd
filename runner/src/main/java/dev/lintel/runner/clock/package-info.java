/** Time and waiting as they are handed in: the only place that reads the machine's clock. */
@NullMarked
package dev.lintel.runner.clock;

import org.jspecify.annotations.NullMarked;
