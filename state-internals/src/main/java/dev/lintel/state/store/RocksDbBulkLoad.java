package dev.lintel.state.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.EnvOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;

/** Writes table files beside the database, and lets it take them in all at once. */
final class RocksDbBulkLoad implements BulkLoad {
  private static final long FILE_BYTES_MAX = 64L << 20;

  private final RocksDbDatabase database;
  private final Path directory;
  private final EnvOptions environment = new EnvOptions();
  private final SstFileWriter writer;
  private final List<String> files = new ArrayList<>();
  private long bytes;
  private boolean writing;

  /**
   * @param directory for the files, on the database's file system
   */
  RocksDbBulkLoad(RocksDbDatabase database, RocksDbShared shared, Path directory) {
    this.database = database;
    this.directory = directory;
    this.writer = new SstFileWriter(environment, shared.options());
  }

  @Override
  public void put(byte[] key, byte[] value) {
    try {
      if (!writing) {
        begin();
      }
      writer.put(key, value);
      bytes += key.length + value.length;
      if (bytes > FILE_BYTES_MAX) {
        end();
      }
    } catch (IOException | RocksDBException e) {
      throw database.failure("take in restored entries", e);
    }
  }

  private void begin() throws IOException, RocksDBException {
    Files.createDirectories(directory);
    String file = directory.resolve(files.size() + ".sst").toString();
    writer.open(file);
    files.add(file);
    writing = true;
    bytes = 0;
  }

  private void end() throws RocksDBException {
    writer.finish();
    writing = false;
  }

  @Override
  public void finish() {
    if (files.isEmpty()) {
      return;
    }
    try (IngestExternalFileOptions options =
        new IngestExternalFileOptions().setMoveFiles(true).setWriteGlobalSeqno(false)) {
      if (writing) {
        end();
      }
      database.get().ingestExternalFile(files, options);
    } catch (RocksDBException e) {
      throw database.failure("take in restored entries", e);
    }
  }

  @Override
  public void close() {
    writer.close();
    environment.close();
    @Nullable IOException failure = null;
    try {
      RocksDbFiles.deleteTree(directory);
    } catch (IOException e) {
      failure = e;
    }
    if (failure != null) {
      throw database.failure("delete the files of a restore", failure);
    }
  }
}
