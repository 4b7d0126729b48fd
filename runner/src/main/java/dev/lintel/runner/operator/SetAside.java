package dev.lintel.runner.operator;

import dev.lintel.runner.spill.RecordFile;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.state.EncodedKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one pass of {@link KeyPasses} has set aside, in partitions by the hash of the key. Each
 * level mixes the hash anew: what is in one partition comes apart at the next level, unless the
 * hashes are equal.
 *
 * <p><i>Ownership:</i> one operator of one task.
 */
final class SetAside {
  private static final int PARTITION_BITS = 5;

  private final SpillDirectory directory;
  private final int level;
  private final @Nullable RecordFile[] files = new RecordFile[1 << PARTITION_BITS];

  /**
   * The elements of some keys, in the order of their arrival.
   *
   * @param level how often they have been set aside
   */
  record Partition(int level, RecordFile elements) {}

  /**
   * @param level how often the elements that come here have been set aside, this time included
   */
  SetAside(SpillDirectory directory, int level) {
    this.directory = directory;
    this.level = level;
  }

  /** Where an element of the key goes. */
  RecordFile partition(EncodedKey key) {
    int number = partition(key.hashCode(), level);
    RecordFile file = files[number];
    if (file == null) {
      file = new RecordFile(directory);
      files[number] = file;
    }
    return file;
  }

  /**
   * Independent of the bits that the key group, the slot and the places in tables are made of: the
   * last steps of MurmurHash3, with the level as the seed.
   */
  static int partition(int hash, int level) {
    int h = hash ^ level * 0x9e3779b9;
    h = (h ^ h >>> 16) * 0x85ebca6b;
    h = (h ^ h >>> 13) * 0xc2b2ae35;
    return h >>> (Integer.SIZE - PARTITION_BITS);
  }

  /** The partitions; nothing is set aside here any more. */
  List<Partition> finish() {
    List<Partition> partitions = new ArrayList<>();
    for (RecordFile file : files) {
      if (file != null) {
        file.finish();
        partitions.add(new Partition(level, file));
      }
    }
    return partitions;
  }

  /** Deletes the files. Idempotent. */
  void close() {
    for (RecordFile file : files) {
      if (file != null) {
        file.close();
      }
    }
  }
}
