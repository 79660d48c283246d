#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// A process that keeps this one's temporary files open until this one is gone. The system frees a file with the last
/// descriptor of it, and lets no process end before: after ^C in a sort of 20 million rows in 64 MB that was up to 260 ms
/// for a gigabyte. Its own end takes as long, and nobody waits for it.
enum FileHolder {
    /// Hands over the files there are now. Where no process can be started the files are freed here.
    static func start() {
        BackgroundClose.withFilled { files in
            guard !files.isEmpty else { return }
            var ends: [CInt] = [-1, -1]
            guard pipe(&ends) == 0 else { return }
            // This end is closed by the end of the process, which the other one waits for.
            _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
            spawn(files, waitingAt: ends[0])
            close(ends[0])
        }
    }

    private static func spawn(_ files: [CInt], waitingAt end: CInt) {
        var actions = ChildProcess.makeActions(), attributes = ChildProcess.makeAttributes()
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // Of a group of its own: the next ^C is not for it.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawn_file_actions_adddup2(&actions, end, 0)
        for stream in [CInt(1), 2] { posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0) }
        // Copies are kept when another program begins. Above all there are they take the place of none.
        let first = (files.max() ?? 0) + 1
        for (index, file) in files.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, file, first + CInt(index))
        }
        var process = pid_t()
        _ = ChildProcess.withCStrings(["sh", "-c", "read line"]) { arguments in
            ChildProcess.withCStrings([]) { environment in
                posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, environment)
            }
        }
    }
}
