/**
 * Example pipelines, written against the plain Beam SDK: none names a runner. They are started by
 * {@code ./lintel example}, and run on every Beam runner. Must not import anything of Lintel.
 */
@NullMarked
package dev.lintel.examples;

import org.jspecify.annotations.NullMarked;
