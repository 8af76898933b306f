"""Harnesses that prove durability, delivery and hardiness from outside the program.

``syscalls`` kills or hinders a command at any system call that writes; ``recording`` and
``powerloss`` rebuild what a power cut could leave; ``smtp`` is a mail server that misbehaves on
order, ``mailcheck`` judges what it took; ``hostile`` lists texts that break careless programs.
"""
