package dev.lintel.validates.beside;

import java.util.Arrays;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Prints the runner that the options name, and what getters say of them. */
public final class PrintedOptions {
  private PrintedOptions() {}

  /**
   * @param args the getters, each as INTERFACE.METHOD, with ',' between them; and then the options
   */
  public static void main(String[] args) throws ReflectiveOperationException {
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(Arrays.copyOfRange(args, 1, args.length)).create();
    System.out.println("runner=" + options.getRunner().getSimpleName());
    for (String each : args[0].split(",")) {
      int dot = each.lastIndexOf('.');
      Class<? extends PipelineOptions> type =
          Class.forName(each.substring(0, dot)).asSubclass(PipelineOptions.class);
      String getter = each.substring(dot + 1);
      System.out.println(getter + "=" + type.getMethod(getter).invoke(options.as(type)));
    }
  }
}
