package dev.gridmate.bench.peer;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SelectStrategy;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Netty's ways to the system. */
enum NettyTransport {
    EPOLL {
        @Override
        IoHandlerFactory handlers() {
            return EpollIoHandler.newFactory();
        }

        @Override
        IoHandlerFactory busyHandlers() {
            return EpollIoHandler.newFactory(0, () -> (ready, hasTasks) -> SelectStrategy.BUSY_WAIT);
        }

        @Override
        Class<? extends ServerChannel> serverChannel() {
            return EpollServerSocketChannel.class;
        }

        @Override
        Class<? extends Channel> clientChannel() {
            return EpollSocketChannel.class;
        }

        @Override
        @Nullable
        Throwable obstacle() {
            return Epoll.unavailabilityCause();
        }
    },

    IO_URING {
        @Override
        IoHandlerFactory handlers() {
            return IoUringIoHandler.newFactory();
        }

        @Override
        IoHandlerFactory busyHandlers() throws Unavailable {
            throw new Unavailable("Netty's threads always wait with io_uring");
        }

        @Override
        Class<? extends ServerChannel> serverChannel() {
            return IoUringServerSocketChannel.class;
        }

        @Override
        Class<? extends Channel> clientChannel() {
            return IoUringSocketChannel.class;
        }

        @Override
        @Nullable
        Throwable obstacle() {
            return IoUring.unavailabilityCause();
        }
    },

    NIO {
        @Override
        IoHandlerFactory handlers() {
            return NioIoHandler.newFactory();
        }

        // The handler knows no BUSY_WAIT, but never waits if it is told how much is ready.
        @Override
        IoHandlerFactory busyHandlers() {
            return NioIoHandler.newFactory(SelectorProvider.provider(), () -> (ready, hasTasks) -> ready.get());
        }

        @Override
        Class<? extends ServerChannel> serverChannel() {
            return NioServerSocketChannel.class;
        }

        @Override
        Class<? extends Channel> clientChannel() {
            return NioSocketChannel.class;
        }

        @Override
        @Nullable
        Throwable obstacle() {
            return null;
        }
    };

    abstract IoHandlerFactory handlers();

    /** Never waits in the system. */
    abstract IoHandlerFactory busyHandlers() throws Unavailable;

    abstract Class<? extends ServerChannel> serverChannel();

    abstract Class<? extends Channel> clientChannel();

    /** Returns why this machine does not have it; null if it does. */
    abstract @Nullable Throwable obstacle();

    void check() throws Unavailable {
        Throwable obstacle = obstacle();
        if (obstacle != null) {
            Throwable root = obstacle;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new Unavailable("Netty has no " + name().toLowerCase(Locale.ROOT) + " here: " + root);
        }
    }
}
