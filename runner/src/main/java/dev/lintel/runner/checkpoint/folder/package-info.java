/**
 * Files below one folder of a Beam file system, written once, with checksums: the only way in which
 * checkpoints touch storage. Called by the other packages of {@code checkpoint}. Must not know what
 * the files hold.
 */
@NullMarked
package dev.lintel.runner.checkpoint.folder;

import org.jspecify.annotations.NullMarked;
