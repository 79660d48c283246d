import WarehouseBasics

/// Runs numbered pieces of work on several threads, handing the numbers out in ascending order.
enum TaskPool {
    /// Calls `body` once for each of `0 ..< count`, on the calling thread and up to `threads - 1` more, and returns
    /// when all are done. The calling thread works too, and does not wait for a helper that comes too late to find work.
    /// When pieces fail, no new ones begin and the error of the lowest failing number is thrown: lower ones had all
    /// begun, so the answer does not depend on timing. `shouldStop`, looked at before each piece, ends the handing out
    /// early without an error.
    static func run(stripes count: Int, threads: Int, shouldStop: () -> Bool = { false },
                    body: (Int) throws -> Void) throws {
        guard count > 0 else { return }
        try withoutActuallyEscaping(body) { body in
            try withoutActuallyEscaping(shouldStop) { shouldStop in
                let job = TaskJob(count: count, shouldStop: shouldStop, body: body)
                // Where the machine gives no more threads, the ones there do the work.
                var wanted = min(threads, count) - 1
                while wanted > 0, WorkerThreads.shared.begin(job.help) { wanted -= 1 }
                try job.finish()
                try Interruption.check()
            }
        }
    }
}
