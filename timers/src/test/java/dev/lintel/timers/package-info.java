/**
 * Tests of the timers: units, random sequences against Beam's in-memory timers, byte codecs under
 * Jazzer.
 */
@NullMarked
package dev.lintel.timers;

import org.jspecify.annotations.NullMarked;
