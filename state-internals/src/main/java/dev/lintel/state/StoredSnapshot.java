package dev.lintel.state;

import dev.lintel.state.snapshot.SnapshotFormat;
import java.nio.file.Path;

/**
 * A snapshot whose files have been fetched from where they were stored.
 *
 * @param keyGroups those of the task that took it
 * @param directory has the files under their names, and nothing else; whoever opens state from it
 *     may move or change them. A file may be a hard link whose content others use: content is never
 *     changed in place
 */
public record StoredSnapshot(SnapshotFormat format, KeyGroupRange keyGroups, Path directory) {}
