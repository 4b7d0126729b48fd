package dev.lintel.kafka;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/**
 * All that another process needs to commit a transaction. It is part of checkpoints.
 *
 * @param startMillis when it began, by the broker's clock: tells it from others of the same epoch
 */
record PreparedTransaction(String transactionalId, ProducerEpoch epoch, long startMillis) {
  /** The first byte: which form the others have. */
  private static final int VERSION = 1;

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeUTF(transactionalId);
      out.writeLong(epoch.producerId());
      out.writeShort(epoch.epoch());
      out.writeLong(startMillis);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws IllegalArgumentException if the bytes are none that a Lintel up to this version wrote
   */
  static PreparedTransaction fromBytes(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "Expected a prepared Kafka transaction in form "
                + VERSION
                + ", but a newer Lintel has written it in form "
                + version
                + ": use that one");
      }
      return new PreparedTransaction(
          in.readUTF(), new ProducerEpoch(in.readLong(), in.readShort()), in.readLong());
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Expected a prepared Kafka transaction, but could not read its "
              + bytes.length
              + " bytes: "
              + e,
          e);
    }
  }

  @Override
  public String toString() {
    return transactionalId + " (" + epoch + ", start " + Instant.ofEpochMilli(startMillis) + ")";
  }
}
