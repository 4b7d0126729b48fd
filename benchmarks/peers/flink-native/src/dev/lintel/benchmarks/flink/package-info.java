/**
 * The keyed cases as a Flink user writes them, without Beam.
 *
 * <p>Compiled by the driver against the class path of this folder's pom.
 */
package dev.lintel.benchmarks.flink;
