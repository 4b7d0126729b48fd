/**
 * Elements that wait in a task's state until an operator may process them. Called by {@code
 * operator} and {@code sideinput}. Must not know what they wait for.
 */
@NullMarked
package dev.lintel.runner.waiting;

import org.jspecify.annotations.NullMarked;
