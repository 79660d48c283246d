#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
@testable import MiniWarehouse
import Synchronization
import TestSupport
import Testing

/// Who may remove what of files that are being written, when several look at once.
@Suite struct UploadJournalTests {
    private static let id = "01234567-89ab-4cde-8f01-23456789abcd"

    private func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// A sweeper opened the file of a dead process; before it locks it, another removes that file and a writer makes one of
    /// the same name.
    @Test func sweepLeavesWhatTookTheName() throws {
        let folder = try ScratchDirectory()
        let mark = try folder.file("upload-\(Self.id)", Array(folder.path.utf8) + [0])
        let file = try folder.file(".upload-\(Self.id)-1", "live")
        var writer: Int32 = -1
        UploadJournal.sweep(folder.path) { path in
            #expect(path == mark)
            unlink(path)
            writer = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
            #expect(writer >= 0 && flock(writer, LOCK_EX | LOCK_NB) == 0)
        }
        #expect(isThere(mark) && isThere(file))
        UploadJournal.sweepWithoutList(below: folder.path, folder.path)
        #expect(isThere(file))
        close(writer)
        // Now dead, and without a list.
        UploadJournal.sweep(folder.path)
        #expect(!isThere(mark) && isThere(file))
        UploadJournal.sweepWithoutList(below: folder.path, folder.path)
        #expect(!isThere(file))
    }

    @Test func sweepRemovesOnlyWhatHasTheForm() throws {
        let folder = try ScratchDirectory()
        let mark = try folder.file("upload-\(Self.id)", Array(folder.path.utf8) + [0])
        let gone = try folder.file(".upload-\(Self.id)-12", "")
        let kept = try [".upload-\(Self.id)-report.csv", ".upload-\(Self.id)-", ".upload-report.csv", ".upload-\(Self.id)-1\u{301}"]
            .map { try folder.file($0, "") }
        UploadJournal.sweep(folder.path)
        UploadJournal.sweepWithoutList(below: folder.path, folder.path)
        #expect(!isThere(mark) && !isThere(gone) && kept.allSatisfy(isThere))
    }

    private final class Counts: Sendable {
        let isOver = Atomic(false)
        let lost = Atomic(0)
    }

    /// While a name is in use its list is there, whoever sweeps.
    @Test func writersKeepTheirLists() async throws {
        let folder = try ScratchDirectory()
        let path = folder.path, counts = Counts()
        let sweeper = Task.detached {
            while !counts.isOver.load(ordering: .relaxed) {
                UploadJournal.sweep(path)
                // Two such loops would hold both threads that tasks have here, and what ends the loops would not run.
                await Task.yield()
            }
        }
        let writers = (0..<2).map { _ in
            Task.detached {
                let journal = UploadJournal(in: path, isReadOnly: false)
                for _ in 0..<200 {
                    let id = try UploadJournal.id(inFileName: journal.makeName(in: path)) ?? ""
                    if access("\(path)/upload-\(id)", F_OK) != 0 { counts.lost.add(1, ordering: .relaxed) }
                    journal.end()
                }
            }
        }
        for writer in writers {
            let result = await writer.result
            #expect(throws: Never.self) { try result.get() }
        }
        counts.isOver.store(true, ordering: .relaxed)
        await sweeper.value
        #expect(counts.lost.load(ordering: .relaxed) == 0)
    }

    /// What the marks of sessions are asked too.
    @Test func marksAreKnownByTheirFile() throws {
        let folder = try ScratchDirectory()
        let path = try folder.file("mark", ""), old = open(path, O_RDWR)
        defer { close(old) }
        #expect(MarkFile.hasName(path, old))
        unlink(path)
        #expect(!MarkFile.hasName(path, old))
        _ = try folder.file("mark", "")
        #expect(!MarkFile.hasName(path, old))
        var mark: SessionMark? = try SessionMark("s", in: folder.path)
        #expect(mark != nil && SessionMark.isHeld("s", in: folder.path))
        mark = nil
        #expect(!SessionMark.isHeld("s", in: folder.path))
    }
}
