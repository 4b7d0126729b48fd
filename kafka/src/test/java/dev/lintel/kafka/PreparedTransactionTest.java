package dev.lintel.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PreparedTransactionTest {
  private static final PreparedTransaction TRANSACTION =
      new PreparedTransaction("lintel/job/a%2Fb/3.1", new ProducerEpoch(1L << 40, (short) 7), 99);

  @Test
  void comesBackFromItsBytes() {
    assertThat(PreparedTransaction.fromBytes(TRANSACTION.toBytes())).isEqualTo(TRANSACTION);
  }

  @Test
  void refusesBytesOfANewerFormAndTooFew() {
    byte[] bytes = TRANSACTION.toBytes();
    assertThatThrownBy(() -> PreparedTransaction.fromBytes(Arrays.copyOf(bytes, bytes.length - 1)))
        .hasMessageContaining("Expected a prepared Kafka transaction");
    bytes[0]++;
    assertThatThrownBy(() -> PreparedTransaction.fromBytes(bytes))
        .hasMessageContaining("a newer Lintel has written it in form 2");
  }
}
