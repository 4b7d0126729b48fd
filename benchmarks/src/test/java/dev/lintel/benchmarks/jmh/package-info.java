/**
 * JMH benchmarks of the hot parts: what one operation costs in the exchange, in state, timers and
 * operators. Run by the script {@code benchmarks/jmh}; figures are in the README beside it.
 * Compiled by the build, as the parts that are measured change, but not run by it. Nothing depends
 * on it.
 */
@NullMarked
package dev.lintel.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
