package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.storage.FaultyProcess.Effect;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.io.FileSystem;
import org.apache.beam.sdk.io.FileSystemRegistrar;
import org.apache.beam.sdk.io.fs.CreateOptions;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.MatchResult.Metadata;
import org.apache.beam.sdk.io.fs.MatchResult.Status;
import org.apache.beam.sdk.io.fs.MoveOptions;
import org.apache.beam.sdk.io.fs.ResolveOptions;
import org.apache.beam.sdk.io.fs.ResolveOptions.StandardResolveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Beam's view of {@link FaultyDisk}: a file exists from its creation on, and grows as it is
 * written.
 */
final class FaultyFileSystem extends FileSystem<FaultyFileSystem.Resource> {
  private static final String SCHEME = "faulty";

  /** Found by Beam. */
  public static final class Registrar implements FileSystemRegistrar {
    @Override
    public Iterable<FileSystem<?>> fromOptions(PipelineOptions options) {
      return List.of(new FaultyFileSystem());
    }
  }

  /** {@code faulty://process/path}, with '/' at the end if it is a folder. */
  record Resource(String spec) implements ResourceId {
    @Override
    public ResourceId resolve(String other, ResolveOptions options) {
      return new Resource(
          spec + other + (options == StandardResolveOptions.RESOLVE_DIRECTORY ? "/" : ""));
    }

    @Override
    public ResourceId getCurrentDirectory() {
      return new Resource(spec.substring(0, spec.lastIndexOf('/') + 1));
    }

    @Override
    public String getScheme() {
      return SCHEME;
    }

    @Override
    public String getFilename() {
      return spec.substring(spec.lastIndexOf('/') + 1);
    }

    @Override
    public boolean isDirectory() {
      return spec.endsWith("/");
    }

    FaultyProcess process() {
      return FaultyProcess.of(root().substring((SCHEME + "://").length(), root().length() - 1));
    }

    String path() {
      return spec.substring(root().length());
    }

    private String root() {
      return spec.substring(0, spec.indexOf('/', (SCHEME + "://").length()) + 1);
    }

    @Override
    public String toString() {
      return spec;
    }
  }

  @Override
  protected List<MatchResult> match(List<String> specs) throws IOException {
    List<MatchResult> results = new ArrayList<>();
    for (String spec : specs) {
      Resource resource = new Resource(spec);
      resource.process().read("list", resource.path());
      int star = resource.path().indexOf('*');
      String prefix = star < 0 ? resource.path() : resource.path().substring(0, star);
      boolean deep = resource.path().endsWith("**");
      List<Metadata> found = new ArrayList<>();
      for (String path : resource.process().disk().paths()) {
        boolean matches =
            star < 0
                ? path.equals(prefix)
                : path.startsWith(prefix) && (deep || path.indexOf('/', prefix.length()) < 0);
        if (matches) {
          found.add(
              Metadata.builder()
                  .setResourceId(new Resource(resource.root() + path))
                  .setIsReadSeekEfficient(false)
                  .setSizeBytes(0)
                  .build());
        }
      }
      results.add(MatchResult.create(found.isEmpty() ? Status.NOT_FOUND : Status.OK, found));
    }
    return results;
  }

  @Override
  protected WritableByteChannel create(Resource resource, CreateOptions options)
      throws IOException {
    FaultyProcess process = resource.process();
    Effect effect = process.next("create", resource.path());
    if (FaultyProcess.isDone(effect)) {
      process.disk().put(resource.path(), new byte[0]);
    }
    FaultyProcess.finish(effect);
    return new Appender(process, resource.path());
  }

  private static final class Appender implements WritableByteChannel {
    private final FaultyProcess process;
    private final String path;
    private boolean open = true;

    Appender(FaultyProcess process, String path) {
      this.process = process;
      this.path = path;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      Effect effect = process.next("write", path);
      process
          .disk()
          .append(
              path,
              bytes,
              FaultyProcess.isDone(effect) ? bytes.length : process.torn(bytes.length));
      FaultyProcess.finish(effect);
      return bytes.length;
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() throws IOException {
      if (open) {
        open = false;
        process.read("close", path);
      }
    }
  }

  @Override
  protected ReadableByteChannel open(Resource resource) throws IOException {
    resource.process().read("open", resource.path());
    byte[] content = resource.process().disk().get(resource.path());
    if (content == null) {
      throw new FileNotFoundException(resource.toString());
    }
    return Channels.newChannel(new ByteArrayInputStream(content));
  }

  @Override
  protected void copy(List<Resource> from, List<Resource> to) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void rename(List<Resource> from, List<Resource> to, MoveOptions... options)
      throws IOException {
    FaultyProcess process = from.get(0).process();
    Effect effect = process.next("rename", to.get(0).path());
    if (FaultyProcess.isDone(effect)
        && !process.disk().rename(from.get(0).path(), to.get(0).path())) {
      throw new FileNotFoundException(from.toString());
    }
    FaultyProcess.finish(effect);
  }

  @Override
  protected void delete(Collection<Resource> resources) throws IOException {
    for (Resource each : resources) {
      Effect effect = each.process().next("delete", each.path());
      boolean found = !FaultyProcess.isDone(effect) || each.process().disk().delete(each.path());
      FaultyProcess.finish(effect);
      if (!found) {
        throw new FileNotFoundException(each.toString());
      }
    }
  }

  @Override
  protected Resource matchNewResource(String spec, boolean isDirectory) {
    return new Resource(isDirectory && !spec.endsWith("/") ? spec + "/" : spec);
  }

  @Override
  protected String getScheme() {
    return SCHEME;
  }
}
