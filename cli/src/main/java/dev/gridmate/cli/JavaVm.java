package dev.gridmate.cli;

import com.sun.tools.attach.AttachOperationFailedException;
import com.sun.tools.attach.VirtualMachine;
import dev.gridmate.carrier.snapshot.CarrierSnapshot;
import dev.gridmate.internal.Printable;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.views.OpenData;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.management.InstanceNotFoundException;
import javax.management.MBeanException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.jspecify.annotations.Nullable;

/**
 * A running Java VM whose drivers and carriers are looked at through their MXBeans. All that is
 * asked of it is asked on one thread, and given up after a time: a VM may be stopped at any moment.
 */
final class JavaVm implements Pictures, AutoCloseable {

    /** Longer than an MXBean waits for its loop. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What the library says in the properties of a VM that has MXBeans of it. */
    private static final String MARK = "dev.gridmate.managed";

    private static final String DOMAIN = "dev.gridmate";
    private static final String CARRIER = "Carrier";

    private final long pid;
    private final ExecutorService asking = Executors.newSingleThreadExecutor(run -> {
        Thread thread = new Thread(run, "gridmate-asking");
        thread.setDaemon(true); // nothing interrupts a call to a VM that does not answer
        return thread;
    });
    private final String command;
    private final JMXConnector connector;
    private final MBeanServerConnection beans;

    /** As they were when they were asked for last; only for the thread that asks. */
    private Map<Subject, ObjectName> names = Map.of();

    private record Opened(String command, JMXConnector connector, MBeanServerConnection beans) {}

    /** Attaches; fails with the user's way out. */
    JavaVm(long pid) {
        this.pid = pid;
        Opened opened;
        try {
            opened = ask(this::open);
        } catch (RuntimeException | Error e) {
            asking.shutdownNow();
            throw e;
        }
        command = opened.command();
        connector = opened.connector();
        beans = opened.beans();
    }

    // What is deserialized comes from a process of the same user, which could do anything itself.
    @SuppressWarnings("BanJNDI")
    private Opened open() throws IOException {
        VirtualMachine vm = JavaVms.attach(pid);
        try {
            String command = vm.getSystemProperties().getProperty("sun.java.command", "");
            JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(vm.startLocalManagementAgent()));
            return new Opened(command, connector, connector.getMBeanServerConnection());
        } catch (AttachOperationFailedException | NoClassDefFoundError e) {
            throw new Failure(this + " runs on a Java without the module jdk.management.agent, so nothing can look into"
                    + " it. Give it a page with --monitor: " + e.getMessage());
        } finally {
            vm.detach();
        }
    }

    /** {@return true if a VM has a driver or a carrier to look at} It costs it next to nothing. */
    static boolean hasLibrary(long pid) {
        try {
            VirtualMachine vm = JavaVms.attach(pid);
            try {
                return vm.getSystemProperties().getProperty(MARK) != null;
            } finally {
                vm.detach();
            }
        } catch (Failure | IOException e) {
            return false;
        }
    }

    @Override
    public List<Subject> subjects() {
        return ask(() -> {
            Map<Subject, ObjectName> all = new HashMap<>();
            for (ObjectName each : beans.queryNames(new ObjectName(DOMAIN + ":type=*,name=*"), null)) {
                String name = each.getKeyProperty("name");
                all.put(
                        new Subject(
                                each.getKeyProperty("type"), name.startsWith("\"") ? ObjectName.unquote(name) : name),
                        each);
            }
            names = all;
            return all.keySet().stream()
                    .sorted(Comparator.comparing(
                                    (Subject subject) -> !subject.kind().equals(CARRIER))
                            .thenComparing(Subject::toString))
                    .toList();
        });
    }

    @Override
    public Snapshot snapshot(Subject subject, SnapshotRequest request) {
        Object[] arguments = {request.sort().name(), request.limit()};
        String[] types = {String.class.getName(), int.class.getName()};
        return ask(() -> {
            ObjectName name = names.get(subject);
            if (name == null) {
                throw new Failure(this + " has no " + subject);
            }
            CompositeData picture = (CompositeData) beans.invoke(name, "snapshot", arguments, types);
            return subject.kind().equals(CARRIER)
                    ? OpenData.read(CarrierSnapshot.class, picture)
                    : OpenData.read(DriverSnapshot.class, picture);
        });
    }

    /** {@return false if the VM has ended} */
    boolean isAlive() {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private <T> T ask(Callable<T> question) {
        Future<T> answer = asking.submit(question);
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            boolean unused = answer.cancel(true);
            throw new Failure(
                    this + " has not answered for " + PATIENCE.toSeconds() + " s: is it stopped, or very busy?");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted");
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    private static Throwable rootOf(@Nullable Throwable thrown) {
        Throwable root = thrown == null ? new IllegalStateException("no reason is known") : thrown;
        boolean isWrapped = root instanceof MBeanException || root instanceof RuntimeMBeanException;
        return isWrapped && root.getCause() != null ? rootOf(root.getCause()) : root;
    }

    private Failure failure(@Nullable Throwable cause) {
        Throwable root = rootOf(cause);
        if (root instanceof Failure failure) {
            return failure;
        }
        if (root instanceof InstanceNotFoundException) {
            return new Failure(this + " has closed it");
        }
        if (!isAlive()) {
            return new Failure(this + " has ended");
        }
        if (root instanceof IOException) { // its own words are about sockets, and of several lines
            return new Failure(this + " does not answer any more: it may be ending");
        }
        return new Failure(Printable.plain(root.getMessage() == null ? root.toString() : root.getMessage()));
    }

    @Override
    public void close() {
        asking.execute(() -> {
            try {
                connector.close();
            } catch (IOException e) {
                // It has ended, and the connection with it.
            }
        });
        asking.shutdown();
    }

    long pid() {
        return pid;
    }

    /** {@return what it runs, without its arguments, which may be secret} */
    String program() {
        return command.replaceFirst("\\s.*", "");
    }

    @Override
    public String toString() {
        return "process " + pid;
    }
}
