import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import software.amazon.event.ruler.Machine;

/**
 * event-ruler, measured as `sagewatch bench` measures: one thread, JSON text in, names of rules out, whole passes over
 * the events until the CPU time is spent, of them the median. Earlier passes warm the machine up; while there are more
 * than two, the first half is left out.
 *
 * <pre>EventRulerBench PATTERNS.jsonl EVENTS.jsonl SECONDS</pre>
 *
 * prints the fields of `sagewatch bench -o json` that it has.
 */
public final class EventRulerBench {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static double cpuSeconds() {
    return THREADS.getCurrentThreadCpuTime() / 1e9;
  }

  private static List<String> lines(String file) throws Exception {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(file))) {
      if (!line.isBlank()) {
        lines.add(line);
      }
    }
    return lines;
  }

  public static void main(String[] words) throws Exception {
    List<String> patterns = lines(words[0]);
    List<String> events = lines(words[1]);
    double seconds = Double.parseDouble(words[2]);

    Machine machine = new Machine();
    double begin = cpuSeconds();
    for (int rule = 0; rule < patterns.size(); ++rule) {
      machine.addRule(Integer.toString(rule), patterns.get(rule));
    }
    double build = cpuSeconds() - begin;

    List<Double> passes = new ArrayList<>();
    double spent = 0;
    long matches = 0;
    do {
      matches = 0;
      double before = cpuSeconds();
      for (String event : events) {
        matches += machine.rulesForJSONEvent(event).size();
      }
      passes.add(cpuSeconds() - before);
      spent += passes.get(passes.size() - 1);
    } while (spent < seconds);

    List<Double> warm = new ArrayList<>(passes.size() > 2 ? passes.subList(passes.size() / 2, passes.size()) : passes);
    Collections.sort(warm);
    double median = warm.get((warm.size() - 1) / 2);
    System.out.println(
        String.format(
            Locale.ROOT,
            "{\"rules\": %d, \"build_s\": %.6f, \"events_per_s\": %.1f, \"events\": %d, \"matches\": %d, \"passes\": %d}",
            patterns.size(), build, events.size() / median, events.size(), matches, passes.size()));
  }
}
