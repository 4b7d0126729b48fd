/**
 * Lintel on one class path with other runners, as users have it who choose by {@code --runner}:
 * Beam loads the options of all of them, whichever is chosen. The jars of the others are there
 * without Flink and Spark, which takes nothing from their options.
 *
 * <p>The test starts JVMs of their own; the programs in them know Beam's SDK only.
 */
@NullMarked
package dev.lintel.validates.beside;

import org.jspecify.annotations.NullMarked;
