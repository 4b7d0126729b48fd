package dev.lintel.runner.checkpoint.storage;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The files that all processes of a test see. Thread-safe. */
public final class FaultyDisk {
  private final TreeMap<String, byte[]> files = new TreeMap<>();

  public synchronized byte @Nullable [] get(String path) {
    byte[] content = files.get(path);
    return content == null ? null : content.clone();
  }

  synchronized void put(String path, byte[] content) {
    files.put(path, content.clone());
  }

  synchronized void append(String path, byte[] more, int count) {
    byte[] old = files.getOrDefault(path, new byte[0]);
    byte[] all = Arrays.copyOf(old, old.length + count);
    System.arraycopy(more, 0, all, old.length, count);
    files.put(path, all);
  }

  synchronized boolean rename(String from, String to) {
    byte[] content = files.remove(from);
    if (content != null) {
      files.put(to, content);
    }
    return content != null;
  }

  public synchronized boolean delete(String path) {
    return files.remove(path) != null;
  }

  synchronized List<String> paths() {
    return List.copyOf(files.keySet());
  }
}
