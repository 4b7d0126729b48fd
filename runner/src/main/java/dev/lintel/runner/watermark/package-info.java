/** Pure watermark arithmetic: no threads, no channels. Called by {@code task}. */
@NullMarked
package dev.lintel.runner.watermark;

import org.jspecify.annotations.NullMarked;
