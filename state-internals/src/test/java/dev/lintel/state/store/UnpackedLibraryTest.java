package dev.lintel.state.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedLibraryTest {
  private static final String RESOURCE = "librocks-1.so";
  private static final String NAME = "librocks.so";
  private static final byte[] CODE = "native code".getBytes(StandardCharsets.US_ASCII);
  private static final String USER = System.getProperty("user.name");

  @TempDir Path folder;
  private URLClassLoader loader;

  @BeforeEach
  void packLibrary() throws IOException {
    Path jar = folder.resolve("rocks.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(RESOURCE));
      out.write(CODE);
    }
    loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
  }

  @AfterEach
  void close() throws IOException {
    loader.close();
  }

  private Path unpacked() throws IOException {
    return new UnpackedLibrary(folder, USER).folderOf(loader, RESOURCE, NAME);
  }

  @Test
  void isUnpackedOnce() throws IOException {
    Path file = unpacked().resolve(NAME);
    assertThat(file).hasBinaryContent(CODE);
    FileTime longAgo = FileTime.fromMillis(1_000);
    Files.setLastModifiedTime(file, longAgo);

    assertThat(unpacked()).isEqualTo(file.getParent());

    assertThat(Files.getLastModifiedTime(file)).isEqualTo(longAgo);
    assertThat(file.getParent()).isDirectoryContaining(file::equals);
  }

  @Test
  void isUnpackedAgainIfItWasChanged() throws IOException {
    Path file = unpacked().resolve(NAME);
    byte[] other = CODE.clone();
    other[3] ^= 1;
    Files.write(file, other);

    assertThat(unpacked().resolve(NAME)).hasBinaryContent(CODE);
  }

  @Test
  void isNotTakenFromFolderThatOthersCanWriteTo() throws IOException {
    Path own = unpacked().getParent();
    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThat(unpacked()).isNull();
  }

  @Test
  void isNotTakenFromLinkToAnotherFolder() throws IOException {
    Path own = unpacked().getParent();
    Path elsewhere = folder.resolve("elsewhere");
    Files.move(own, elsewhere);
    Files.createSymbolicLink(own, elsewhere);

    assertThat(unpacked()).isNull();
  }

  @Test
  void isNotTakenFromFolderOfAnotherUser() throws IOException {
    assertThat(new UnpackedLibrary(folder, "somebody-else").folderOf(loader, RESOURCE, NAME))
        .isNull();
  }

  @Test
  void isNotUnpackedIfThereIsNone() throws IOException {
    assertThat(new UnpackedLibrary(folder, USER).folderOf(loader, "another.so", NAME)).isNull();
  }
}
