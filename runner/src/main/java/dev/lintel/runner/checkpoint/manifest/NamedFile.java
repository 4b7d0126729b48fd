package dev.lintel.runner.checkpoint.manifest;

/**
 * A file under the name that its owner gave it.
 *
 * @param name without '/'; unique among the files of its owner
 */
public record NamedFile(String name, StoredFile file) {
  public NamedFile {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('/') >= 0
        || name.indexOf('\\') >= 0) {
      throw new IllegalArgumentException("Expected the name of a file without a path, but " + name);
    }
  }
}
