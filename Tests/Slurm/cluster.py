"""A Slurm of two nodes of one core each on this machine, with ports and folders of its own: a controller and two slurmd, and
neither systemd nor munge nor accounting."""

import contextlib
import getpass
import os
import re
import shutil
import signal
import socket
import subprocess
import time

NODES = ["n1", "n2"]


class Cluster:
    def __init__(self, work):
        self.work = work
        self.conf = os.path.join(work, "slurm.conf")
        # What it starts is told by this from all else that runs here.
        self.environment = {**os.environ, "SLURM_CONF": self.conf}
        for name in [name for name in self.environment if name.startswith(("SLURM_", "SBATCH_")) and name != "SLURM_CONF"]:
            del self.environment[name]
        self.daemons = {}
        os.makedirs(os.path.join(work, "state"))
        os.makedirs(os.path.join(work, "log"))
        host, user = socket.gethostname().split(".")[0], getpass.getuser()
        ports = free_ports(1 + len(NODES))
        lines = [
            "ClusterName=camstream-test", f"SlurmctldHost={host}(127.0.0.1)", f"SlurmctldPort={ports[0]}",
            f"SlurmUser={user}", f"SlurmdUser={user}", "AuthType=auth/none", "CryptoType=crypto/none", "CredType=cred/none",
            # Seconds until what was put back into the queue may start; Slurm allows no fewer.
            "AuthInfo=cred_expire=5",
            "MpiDefault=none", "ProctrackType=proctrack/linuxproc", "TaskPlugin=task/none", "SwitchType=switch/none",
            "SelectType=select/cons_tres", "SelectTypeParameters=CR_Core", "ReturnToService=2", "KillWait=10",
            "SchedulerType=sched/builtin", "SchedulerParameters=batch_sched_delay=0,sched_interval=1", "InactiveLimit=0",
            f"StateSaveLocation={work}/state", f"SlurmdSpoolDir={work}/spool-%n",
            f"SlurmctldPidFile={work}/controller.pid", f"SlurmdPidFile={work}/%n.pid",
            f"SlurmctldLogFile={work}/log/controller.log", f"SlurmdLogFile={work}/log/%n.log",
        ]
        lines += [
            f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=1 State=UNKNOWN"
            for node, port in zip(NODES, ports[1:])
        ]
        lines.append("PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP")
        with open(self.conf, "w") as file:
            file.write("\n".join(lines) + "\n")

    def __enter__(self):
        try:
            self._start("controller", "slurmctld", "-D", "-c")
            for node in NODES:
                self.start(node)
            self.wait(lambda: self.tool("sinfo", "-h", "-t", "idle", "-o", "%D", check=False).strip() == "2", 60, "the nodes")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.daemons.values():
            process.terminate()
        for process in self.daemons.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()
        for number in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)

    def _start(self, name, *command):
        path = shutil.which(command[0], path=os.environ["PATH"] + ":/usr/sbin:/sbin")
        with open(os.path.join(self.work, "log", f"{name}.out"), "a") as output:
            self.daemons[name] = subprocess.Popen(
                [path, *command[1:]], env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    def start(self, node):
        self._start(node, "slurmd", "-D", "-N", node)

    def lose(self, node):
        """The machine is not to be reached any more; what runs there goes on, and nobody hears of it."""
        self.daemons[node].kill()
        self.daemons[node].wait()
        self.tool("scontrol", "update", f"nodename={node}", "state=down", "reason=test")

    def find(self, node):
        """It is back."""
        self.start(node)
        self.wait(
            lambda: "DOWN" not in self.tool("scontrol", "show", "node", node, check=False)
            or self.tool("scontrol", "update", f"nodename={node}", "state=resume", check=False) is None, 60, node)

    def tool(self, *command, check=True):
        """Returns what it prints."""
        done = subprocess.run(
            command, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)
        if check and done.returncode:
            raise AssertionError(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def processes(self):
        """Numbers of those that belong to it: daemons and tasks."""
        mark = f"SLURM_CONF={self.conf}".encode()
        found = []
        for number in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{number}/environ", "rb") as file:
                if int(number) != os.getpid() and mark in file.read().split(b"\0"):
                    found.append(int(number))
        return found

    def tasks(self):
        """Of the program that do a part of a plan just now: (process, job's number)."""
        found = []
        for number in self.processes():
            with contextlib.suppress(OSError):
                with open(f"/proc/{number}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
                with open(f"/proc/{number}/environ", "rb") as file:
                    job = re.search(rb"(?:^|\0)SLURM_JOB_ID=(\d+)", file.read())
                if words[1:3] == [b"batch", b"run"] and job:
                    found.append((number, job[1].decode()))
        return found

    def waiting(self):
        """Tasks that have not ended."""
        return self.tool("squeue", "-h", "-r", "-o", "%i %T").splitlines()

    def exits(self, job):
        """Exit codes of an array's tasks that have ended, by index."""
        text = self.tool("scontrol", "show", "job", "-o", job)
        return {
            int(match[1]): int(match[2])
            for match in re.finditer(r"ArrayTaskId=(\d+) .*? ExitCode=(\d+):\d+", text)
        }

    @staticmethod
    def wait(condition, seconds, words):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"{words}: not within {seconds} s")
            time.sleep(0.2)


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [free.getsockname()[1] for free in sockets]
    for free in sockets:
        free.close()
    return ports
