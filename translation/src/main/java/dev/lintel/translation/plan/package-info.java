/**
 * The execution plan as plain data: stages, the operators inside them, the exchanges between them.
 * Written by {@code dev.lintel.translation} only and read by the runner, which turns each record
 * into something that runs.
 *
 * <p>It must not import anything of {@code dev.lintel} outside this package.
 */
@NullMarked
package dev.lintel.translation.plan;

import org.jspecify.annotations.NullMarked;
