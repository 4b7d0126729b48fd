/**
 * A real Kafka broker for tests, as a process that can be killed. Used by the tests of other
 * modules; knows none of them.
 */
@NullMarked
package dev.lintel.broker;

import org.jspecify.annotations.NullMarked;
