/**
 * The cases with Kafka as a user of Kafka Streams writes them.
 *
 * <p>Compiled by the driver against the class path of this folder's pom.
 */
package dev.lintel.benchmarks.streams;
