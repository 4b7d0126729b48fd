/**
 * The suite under fire: a runner that lets Lintel's jobs fail again and again, at places that a
 * seed chooses, and has them go on. {@code validates-runner-tests/run --chaos SEED} names it to
 * Beam's tests; it imports Beam and Lintel's runner, and no test does more than name it.
 */
@NullMarked
package dev.lintel.validates.chaos;

import org.jspecify.annotations.NullMarked;
