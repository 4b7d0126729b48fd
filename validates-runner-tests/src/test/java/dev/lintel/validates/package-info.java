/**
 * What runs inside the test JVM of Beam's suite, and the tests of the harness and of the borders
 * between Lintel's modules.
 */
@NullMarked
package dev.lintel.validates;

import org.jspecify.annotations.NullMarked;
